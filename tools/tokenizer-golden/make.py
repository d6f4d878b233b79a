"""Token ids and next-token log-probabilities of a model as llama.cpp computes them.

    pip install xllamacpp gguf
    python widen.py MODEL.gguf WIDE.gguf
    python make.py MODEL.gguf WIDE.gguf ../../crates/embedded/tests/golden/NAME.json

MODEL.gguf is the requantised file of the store (`modelarium models path NAME`), so that both sides
compute with the same weights. The texts come from texts.json beside this script.
"""

import json
import pathlib
import sys
import urllib.request

import xllamacpp

# The likeliest tokens that are kept, and among how many of the rounded model's they are looked up.
KEPT = 8
LOOKED_UP = 200


class Server:
    def __init__(self, path: str) -> None:
        parameters = xllamacpp.CommonParams()
        parameters.model.path = path
        parameters.n_ctx = 1024
        parameters.n_parallel = 1
        parameters.cpuparams.n_threads = 1
        parameters.cpuparams_batch.n_threads = 1
        self.server = xllamacpp.Server(parameters)

    def post(self, path: str, body: dict) -> dict:
        request = urllib.request.Request(
            self.server.listening_address + path,
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def tokens(self, text: str, parse_special: bool, add_special: bool = False) -> list[int]:
        body = {"content": text, "parse_special": parse_special, "add_special": add_special}
        return self.post("/tokenize", body)["tokens"]

    def likeliest(self, text: str, count: int) -> dict[int, float]:
        body = {"prompt": text, "n_predict": 1, "n_probs": count, "temperature": 0, "cache_prompt": False}
        first = self.post("/completion", body)["completion_probabilities"][0]
        return {entry["id"]: round(entry["logprob"], 4) for entry in first["top_logprobs"]}


def main(rounded_path: str, wide_path: str, target: str) -> None:
    source = json.loads(pathlib.Path(__file__).with_name("texts.json").read_text())
    wide = Server(wide_path)
    exact = {text: wide.likeliest(text, KEPT) for text in source["prompts"]}
    del wide
    server = Server(rounded_path)
    rounded = {text: server.likeliest(text, LOOKED_UP) for text in source["prompts"]}
    golden = {
        "llama_cpp": xllamacpp.__version__,
        "texts": [
            {"text": text, "plain": server.tokens(text, False), "special": server.tokens(text, True)}
            for text in source["texts"]
        ],
        "prompts": [
            {
                "text": text,
                "tokens": server.tokens(text, True, True),
                "likeliest": [[id, value, rounded[text][id]] for id, value in exact[text].items()],
            }
            for text in source["prompts"]
        ],
    }
    pathlib.Path(target).write_text(json.dumps(golden, ensure_ascii=True, separators=(",", ":")) + "\n")


main(*sys.argv[1:])
