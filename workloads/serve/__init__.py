"""Serve a Llama-shaped model over OpenAI's routes: `python -m workloads.serve`.

Read in this order: `spec` (what is deployed), `shape` and `source` (which model, from where), `blocks` and
`scheduler` (who runs in the next step, torch-free), `batch` (the seam between scheduler and model), `model`, `ops`
and `runner` (the arithmetic), `engine` (the thread that turns steps into streams), `text`, `protocol` and `app`
(the routes), `server` (start and drain). `load` drives it from outside.
"""
