from guarded_app import app  # noqa: F401
