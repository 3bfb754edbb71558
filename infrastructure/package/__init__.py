"""What is deployed: one zip, one template, made by `python -m infrastructure.package` (`make package`).

Read in this order: `functions` is the table of the deployed functions and of what each may do; `reachable` walks the imports of
`app.py`; `chalice_project` copies what it found into a project that Chalice packages; `dependencies` fetches, prunes and compiles the
libraries; `archive` joins both into the zip, and `contents` says what is wrong with it. `assembly` turns Chalice's template into
ours with `roles`, `function_resources`, `http_api` and `warm_instances`; `packaging` does everything in order.
"""
