namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Writes random code: a tree of tasks that pass references and values to each other, never in a circle.</summary>
internal sealed class CodeWriter(SimRng rng, CodeLimits limits)
{
    private int _tasksLeft = limits.Tasks;
    private ulong _numbers;

    public Code Driver() => Write(depth: 0, [], dependencies: 0, isNoise: false);

    private Code Write(int depth, Denotation[] inputs, int dependencies, bool isNoise)
    {
        ResourceShape shape = depth == 0 ? ResourceShape.Zero : limits.Shapes[rng.Next(limits.Shapes.Length)];
        Draft draft = new() { MayBlock = shape.IsCpuOnly, Number = Denotation.Mix(++_numbers, rng.NextBits()), IsFault = inputs.Take(dependencies).Any(d => d.IsFault) };
        int[] inputLocals = new int[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputLocals[i] = draft.Locals.Count;
            if (i < dependencies)
            {
                draft.Result += Denotation.Mix((ulong)i + 1, inputs[i].Number);
                draft.Locals.AddRange(inputs[i].Contained);
            }
            else
            {
                draft.Locals.Add(inputs[i]);
            }
        }

        draft.Usable.AddRange(Enumerable.Range(0, draft.Locals.Count));
        for (int steps = depth == 0 ? rng.Between(4, limits.DriverSteps) : rng.Next(9); steps > 0; steps--)
        {
            AddStep(draft, depth);
        }

        bool fails = depth > 0 && rng.Chance(isNoise ? 10 : 3);
        int[] returned = fails || draft.IsFault || !rng.Chance(50) ? [] : [.. Pick(draft.Usable, 3)];
        bool isFault = fails || draft.IsFault;
        return new Code
        {
            Number = draft.Number,
            Locals = [.. draft.Locals],
            InputLocals = inputLocals,
            Steps = [.. draft.Steps],
            Returned = returned,
            Inputs = inputs,
            Dependencies = dependencies,
            Result = new Denotation(draft.Number + draft.Result, isFault ? [] : [.. returned.Select(l => draft.Locals[l])], SizeOf(), isFault),
            Fails = fails,
            Options = Options(shape),
            TransientFaults = rng.Chance(10) ? rng.Between(1, 2) : 0,
            Depth = depth,
        };
    }

    private void AddStep(Draft draft, int depth)
    {
        switch (rng.Next(10))
        {
            case < 5 when _tasksLeft > 0 && depth < limits.Depth:
                AddTask(draft, depth);
                break;
            case < 7:
                AddPut(draft);
                break;
            case < 10 when draft.Usable.Count > 0 && draft.MayBlock:
                AddGet(draft);
                break;
            default:
                break;
        }
    }

    private void AddTask(Draft draft, int depth)
    {
        _tasksLeft--;
        bool isNoise = rng.Chance(limits.NoisePercent);
        List<int> from = isNoise ? [.. draft.Usable, .. draft.NoiseLocals] : draft.Usable;
        List<int> arguments = Pick(from, 3);
        int[] uses = [.. arguments, .. Pick(from, 2).Where(l => !arguments.Contains(l))];
        Code child = Write(depth + 1, [.. uses.Select(l => draft.Locals[l])], arguments.Count, isNoise);
        int result = draft.Locals.Count;
        draft.Locals.Add(child.Result);
        (isNoise ? draft.NoiseLocals : draft.Usable).Add(result);
        draft.Steps.Add(new CodeStep
        {
            Kind = StepKind.Submit,
            Uses = uses,
            Dependencies = arguments.Count,
            Child = child,
            FirstResult = result,
            IsNoise = isNoise,
        });
        if (isNoise && rng.Chance(50) && draft.MayBlock)
        {
            draft.Steps.Add(new CodeStep { Kind = StepKind.Get, Uses = [result], FirstResult = draft.Locals.Count, IsNoise = true });
            draft.Locals.AddRange(child.Result.Contained);
        }
    }

    private void AddPut(Draft draft)
    {
        int[] uses = [.. Pick(draft.Usable, 2)];
        ulong number = Denotation.Mix(++_numbers, rng.NextBits());
        draft.Steps.Add(new CodeStep { Kind = StepKind.Put, Uses = uses, Number = number, FirstResult = draft.Locals.Count });
        draft.Usable.Add(draft.Locals.Count);
        draft.Locals.Add(new Denotation(number, [.. uses.Select(l => draft.Locals[l])], SizeOf(), isFault: false));
    }

    private void AddGet(Draft draft)
    {
        int local = rng.Pick(draft.Usable);
        if (!draft.Gotten.Add(local))
        {
            return;
        }

        Denotation value = draft.Locals[local];
        draft.IsFault |= value.IsFault;
        draft.Result += Denotation.Mix(0x1000UL + (ulong)draft.Steps.Count, value.Number);
        draft.Steps.Add(new CodeStep { Kind = StepKind.Get, Uses = [local], Number = 0x1000UL + (ulong)draft.Steps.Count, FirstResult = draft.Locals.Count });
        draft.Usable.AddRange(Enumerable.Range(draft.Locals.Count, value.Contained.Length));
        draft.Locals.AddRange(value.Contained);
    }

    /// <summary>Up to so many different ones.</summary>
    private List<int> Pick(List<int> from, int most)
    {
        List<int> picked = [];
        for (int i = rng.Next(most + 1); i > 0 && from.Count > 0; i--)
        {
            // What was made last is used more often, so that chains become long.
            int local = rng.Chance(50) ? from[^1] : rng.Pick(from);
            if (!picked.Contains(local))
            {
                picked.Add(local);
            }
        }

        return picked;
    }

    private long SizeOf() => rng.Chance(limits.LargePercent) ? rng.Between((int)limits.InlineBytes + 1, (int)limits.InlineBytes * 20) : rng.Between(1, (int)limits.InlineBytes);

    private TaskOptions Options(ResourceShape shape) => new()
    {
        Shape = shape,
        MaxRetries = rng.Next(20) switch { < 8 => -1, < 16 => 3, < 18 => 1, _ => 0 },
        Spread = rng.Chance(limits.SpreadPercent),
    };

    /// <summary>Code that is being written.</summary>
    private sealed class Draft
    {
        /// <summary>What is not CPU is kept while code waits, and so code that has some does not wait.</summary>
        public required bool MayBlock { get; init; }

        public required ulong Number { get; init; }

        public ulong Result { get; set; }

        public required bool IsFault { get; set; }

        public List<Denotation> Locals { get; } = [];

        public List<int> Usable { get; } = [];

        public List<int> NoiseLocals { get; } = [];

        public List<CodeStep> Steps { get; } = [];

        public HashSet<int> Gotten { get; } = [];
    }
}
