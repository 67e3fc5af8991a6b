"""Alembic runs this; the connection always comes from `bulksms.store.migrating`."""

from alembic import context


def run() -> None:
    """Bring the given connection's database to the wanted revision, in its transaction."""
    context.configure(
        connection=context.config.attributes["connection"],
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
