"""Mistakes in what is believed of the vendor's record."""

from tests.simulator.mutant import Mutant

MUTANTS = (
    Mutant(
        "absence is believed at once",
        "reconciling.py",
        "due = doubt.given_up_at + self.settle\n",
        "due = doubt.given_up_at\n",
    ),
    Mutant(
        "another clock's time is trusted",
        "reconciling.py",
        "return self.settle / 4 if doubt.given_up_at >= self._since else self.settle",
        "return self.settle / 4",
    ),
    Mutant(
        "what is in the air is overlooked",
        "looking.py",
        "if self.store.doubts.in_the_air(self.account_id, doubt.sender, doubt.to_number):",
        "if False:",
    ),
    Mutant(
        "absence is believed without a witness",
        "looking.py",
        "not each.trouble and self._witnesses.proves(source)",
        "not each.trouble",
    ),
    Mutant(
        "a read that failed proves absence",
        "looking.py",
        "not each.trouble and self._witnesses.proves(source)",
        "self._witnesses.proves(source)",
    ),
    Mutant(
        "ids that others own are not excluded",
        "model/matching.py",
        "for item in same if item.id not in owned]",
        "for item in same]",
    ),
    Mutant(
        "twins are not counted where ids are not shared",
        "model/matching.py",
        "free = _less(free, _nearest(each, free, learnt))",
        "pass",
    ),
    Mutant(
        "a confirmed twin that another clock moved explains nothing",
        "model/matching.py",
        "begun <= last + WRONG_CLOCK and first - WRONG_CLOCK <= at",
        "begun <= last and first <= at",
    ),
    Mutant(
        "the text is not compared",
        "model/matching.py",
        "return item.has_media == ours.has_media and _plain(item.text) == _plain(ours.body)",
        "return item.has_media == ours.has_media",
    ),
    Mutant(
        "the record's zone is not learnt",
        "model/matching.py",
        "early, late = known.offset - spare, known.offset + spare",
        "early, late = -spare, spare",
    ),
    Mutant(
        "the record's time is rounded to a zone",
        "model/matching.py",
        "    if not WESTERNMOST - WRONG_CLOCK <= offset",
        "    offset = round(offset / timedelta(minutes=15)) * timedelta(minutes=15)\n"
        "    if not WESTERNMOST - WRONG_CLOCK <= offset",
    ),
)
