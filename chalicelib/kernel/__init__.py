"""Words shared by every context: errors, ids, time, canonical bytes, events. Imports nothing of ours."""
