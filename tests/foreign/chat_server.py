"""A model server that echoes, and chats in OpenAI's form on either of its routes."""

from __future__ import annotations

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            asked = json.loads(body)
        except ValueError:
            asked = None
        if not isinstance(asked, dict) or "messages" not in asked:
            self._answer(body, self.headers.get("Content-Type") or "text/plain")
            return
        content = f"you said {asked['messages'][-1]['content']}"
        base = {"id": "1", "created": 1, "model": "m"}
        if not asked.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            answer = {**base, "object": "chat.completion", "choices": [choice], "usage": usage}
            self._answer(json.dumps(answer).encode(), "application/json")
            return
        events = [
            {"choices": [{"index": 0, "delta": {"role": "assistant", "content": f"{word} "}, "finish_reason": None}]}
            for word in content.split()
        ]
        events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        lines = [json.dumps({**base, "object": "chat.completion.chunk", **event}) for event in events]
        self._answer("".join(f"data: {line}\n\n" for line in (*lines, "[DONE]")).encode(), "text/event-stream")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
