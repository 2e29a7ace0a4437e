/** Muon for PyTorch, without the casts to bfloat16 of torch.optim.Muon, so that losses can be followed. */
export const MUON_CLASS = `class Muon(torch.optim.Optimizer):
    """Newton-Schulz steps of an average of gradients, taken of the matrix of \`rows\` rows that a parameter is."""

    def __init__(self, params, **defaults):
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, group)
        return loss

    def _update(self, parameter, group):
        gradient = -parameter.grad if group["maximize"] else parameter.grad
        gradient = gradient + group["l2"] * parameter
        state = self.state[parameter]
        if "first" not in state:
            state["first"] = torch.zeros_like(parameter)
        first = state["first"].lerp_(gradient, 1 - group["momentum"])
        ahead = gradient.lerp(first, group["momentum"]) if group["nesterov"] else first
        x = ahead.reshape(group["rows"], -1)
        wide = x.shape[0] <= x.shape[1]
        x = x if wide else x.T
        x = x / (x.norm() + group["eps"])
        a, b, c = group["coefficients"]
        for _ in range(group["steps"]):
            gram = x @ x.T
            x = a * x + (b * gram + c * (gram @ gram)) @ x
        update = (x if wide else x.T).reshape(parameter.shape)
        parameter.mul_(1 - group["lr"] * group["weight_decay"])
        parameter.add_(update, alpha=-group["lr"] * group["factor"])
`;
