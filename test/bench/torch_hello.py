"""hello to ohlol as the tutorial trains it, weights written as JSON: torch_hello.py PATH hello-rnn|hello-rnncell."""
import json
import sys

import torch
from torch import nn

vocabulary = ["e", "h", "l", "o"]
x = nn.functional.one_hot(torch.tensor([vocabulary.index(c) for c in "hello"]), 4).float().unsqueeze(1)
y = torch.tensor([vocabulary.index(c) for c in "ohlol"])
single = sys.argv[2] == "hello-rnncell"
torch.manual_seed(0)
net = nn.RNNCell(4, 4) if single else nn.RNN(4, 4)
optimizer = torch.optim.Adam(net.parameters(), lr=0.1 if single else 0.05)
for _ in range(15 if single else 20):
    optimizer.zero_grad()
    if single:
        hidden, loss = torch.zeros(1, 4), 0
        for t in range(5):
            hidden = net(x[t], hidden)
            loss = loss + nn.functional.cross_entropy(hidden, y[t:t + 1])
    else:
        output, _ = net(x)
        loss = nn.functional.cross_entropy(output.reshape(5, 4), y)
    loss.backward()
    optimizer.step()
json.dump({key: value.tolist() for key, value in net.state_dict().items()}, open(sys.argv[1], "w"))
