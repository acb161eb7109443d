namespace RayOrleans.Core.Simulation;

/// <summary>The observer's own books of what is granted to whom.</summary>
internal sealed class ResourceModel(ResourceShape total)
{
    private readonly long[] _gpuUsed = new long[total.Gpu / ResourceAmount.One];
    private readonly Dictionary<string, long> _custom = total.Custom.ToDictionary(c => c.Key, c => c.Value);
    private long _cpu = total.Cpu;
    private long _memory = total.Memory;

    public bool IsIdle => _cpu == total.Cpu && _memory == total.Memory && _gpuUsed.All(g => g == 0)
        && total.Custom.All(c => _custom[c.Key] == c.Value);

    public void Start(int body, ResourceShape shape, IReadOnlyList<int>? gpus)
    {
        if (shape.Cpu > 0 && _cpu < shape.Cpu)
        {
            throw new ViolationException($"body {body} started with {shape.Cpu} CPU while {_cpu} were free");
        }

        if (_memory < shape.Memory)
        {
            throw new ViolationException($"body {body} started with {shape.Memory} memory while {_memory} were free");
        }

        _cpu -= shape.Cpu;
        _memory -= shape.Memory;
        foreach (KeyValuePair<string, long> item in shape.Custom)
        {
            if ((_custom[item.Key] -= item.Value) < 0)
            {
                throw new ViolationException($"body {body} oversubscribed {item.Key}");
            }
        }

        long expected = shape.Gpu == 0 ? 0 : Math.Max(1, shape.Gpu / ResourceAmount.One);
        if ((gpus?.Count ?? 0) != expected)
        {
            throw new ViolationException($"body {body} was granted {gpus?.Count ?? 0} GPU devices instead of {expected}");
        }

        foreach (int gpu in gpus ?? [])
        {
            if ((_gpuUsed[gpu] += Math.Min(shape.Gpu, ResourceAmount.One)) > ResourceAmount.One)
            {
                throw new ViolationException($"GPU device {gpu} is granted twice, to body {body} too");
            }
        }
    }

    public void Release(ResourceShape shape, IReadOnlyList<int>? gpus, bool withCpu)
    {
        _cpu += withCpu ? shape.Cpu : 0;
        _memory += shape.Memory;
        foreach (KeyValuePair<string, long> item in shape.Custom)
        {
            _custom[item.Key] += item.Value;
        }

        foreach (int gpu in gpus ?? [])
        {
            _gpuUsed[gpu] -= Math.Min(shape.Gpu, ResourceAmount.One);
        }
    }

    public void Block(ResourceShape shape) => _cpu += shape.Cpu;

    /// <summary>The only way below zero: what resumed attempts had given back.</summary>
    public void Unblock(ResourceShape shape) => _cpu -= shape.Cpu;

    public void Compare(ResourceLedger ledger)
    {
        if (ledger.FreeCpu != _cpu)
        {
            throw new ViolationException($"the engine counts {ledger.FreeCpu} free CPU, granted and blocked attempts leave {_cpu}");
        }

        if (ledger.FreeMemory != _memory)
        {
            throw new ViolationException($"the engine counts {ledger.FreeMemory} free memory, granted attempts leave {_memory}");
        }
    }

    public void CompareRest(ResourceLedger ledger)
    {
        IReadOnlyDictionary<string, double> free = ledger.Free();
        foreach (KeyValuePair<string, long> item in _custom)
        {
            if (free[item.Key] != ResourceAmount.ToDouble(item.Value))
            {
                throw new ViolationException($"the engine counts {free[item.Key]} free {item.Key}, granted attempts leave {ResourceAmount.ToDouble(item.Value)}");
            }
        }

        double gpu = _gpuUsed.Length - ResourceAmount.ToDouble(_gpuUsed.Sum());
        if (_gpuUsed.Length > 0 && Math.Abs(free["GPU"] - gpu) > 1e-9)
        {
            throw new ViolationException($"the engine counts {free["GPU"]} free GPUs, granted attempts leave {gpu}");
        }
    }
}
