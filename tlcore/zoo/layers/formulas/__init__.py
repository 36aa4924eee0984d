"""What a layer of each kind gives, holds, costs and sees, worked out from its settings and shapes alone."""
