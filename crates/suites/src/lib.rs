//! Suites of prompts: YAML, TOML, JSON, JSONL, CSV and TXT, templates over cases, validation with line and hint, promptfoo import, selection.
