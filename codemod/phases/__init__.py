"""What the commands around ``rewrite`` do, for the four phases of a migration.

1. Session management: ``UnifiedIdGenerator.get_or_create_user_session`` with its lifecycle.
2. The getter, which finds the session's context or makes one.
3. Every call of the factory replaced by the getter; the factory warns; conversation continuity is tested.
4. The factory removed; sessions cleaned up in the background; session health monitored.

Each takes a ``Tree`` and returns a record; nothing here writes or prints.
"""
