"""What holds where the configuration says nothing."""

FACTORY = "create_user_execution_context"
GETTER = "get_user_execution_context"
DROP = ("run_id",)
PARAMETERS = ("user_id", "thread_id", "run_id")
SESSION_KEY = ("user_id", "thread_id")
