"""The fault suite: the real processes over MiniStack, with something going wrong at every seventh call, and nothing lost.

`python -m load_tests.faults` reads in this order: `run` brings up MiniStack, a `fleet` of gateways and pumps whose clocks are
`skewed`, and a `proxy` with one door for each of them. The proxy does what `plan` draws to the messages that `http_wire` reads and
`operations` names; `deliveries` is what it does to batches of messages, `weakening` how it takes a defence away. A `crowd` of
`browser`s plays and keeps a `ledger`; then `journey` kills a process at each write of one assessment. When all is quiet, `evidence`
is read from the tables and queues without the proxy, `invariants` compares it with the ledger, and `report` tells.
"""
