"""Trains one job in PyTorch: torch_job.py DOCUMENT THREADS. Answers as our-job.ts does."""
import json
import sys
import time

import torch
from torch import nn

document = json.load(open(sys.argv[1]))
torch.set_num_threads(int(sys.argv[2]))
dataset, model, training = document["dataset"], document["model"], document["training"]
vocabulary, targets = dataset["vocabulary"], dataset["targetVocabulary"]
index = {token: i for i, token in enumerate(vocabulary)}

if dataset["task"] == "language-model":
    codes = [index[token] for token in dataset["text"]]
    batch = training["batchSize"]
    length = (len(codes) - 1) // batch
    streams = lambda start: torch.tensor([codes[start + b * length:start + (b + 1) * length] for b in range(batch)]).T
    inputs, expected = streams(0), streams(1)
else:
    sample = dataset["samples"][0]
    inputs = torch.tensor([[index[token]] for token in sample["input"]])
    expected = torch.tensor([[targets.index(token)] for token in sample["target"]])

torch.manual_seed(training["seed"])
cell = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[model["cell"]]
rnn = cell(len(vocabulary), model["hiddenSize"], model["numLayers"])
head = nn.Linear(model["hiddenSize"], len(targets)) if model["head"] == "linear" else nn.Identity()
parameters = [*rnn.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(parameters, lr=training["optimizer"]["lr"])
x = nn.functional.one_hot(inputs, len(vocabulary)).float()
y = expected.reshape(-1)


def step():
    optimizer.zero_grad()
    output, _ = rnn(x)
    loss = nn.functional.cross_entropy(head(output).reshape(len(y), -1), y)
    loss.backward()
    if training["clipGradNorm"] is not None:
        nn.utils.clip_grad_norm_(parameters, training["clipGradNorm"])
    optimizer.step()
    return loss.item()


for line in sys.stdin:
    epochs = int(line)
    started = time.perf_counter()
    losses = [step() for _ in range(epochs)]
    ms = 1000 * (time.perf_counter() - started) / epochs
    print(json.dumps({"ms": ms, "losses": losses[-5:]}), flush=True)
