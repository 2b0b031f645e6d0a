from navigated import opened  # noqa: F401
