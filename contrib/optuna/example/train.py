#!/usr/bin/env python3
"""Gradient descent on x^2 / 2 from x = 1."""
import json
import os
import sys
import time

config = json.load(open("config.json"))
x, speed = 1.0, 0.0
with open("metrics.jsonl", "a") as metrics:
    for step in range(20):
        speed = config.get("momentum", 0.0) * speed - config["rate"] * x
        x += speed
        print(json.dumps({"step": step, "loss": x * x / 2}), file=metrics, flush=True)
        if "stop" in os.listdir("."):
            sys.exit("a stop was asked for")  # without a result: pruned
        time.sleep(0.1)
with open(".result.json.tmp", "w") as result:
    json.dump({"loss": x * x / 2}, result)
os.rename(".result.json.tmp", "result.json")
