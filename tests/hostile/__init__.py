"""Trees that are made to hurt, and every command of the tool over them."""
