"""Many hand-ins: what an export holds, lanes that grade it, a store that keeps it."""
