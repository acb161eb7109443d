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

        draft.Admit(0);
        for (int steps = depth == 0 ? rng.Between(4, limits.DriverSteps) : rng.Next(9); steps > 0; steps--)
        {
            AddStep(draft, depth);
        }

        bool fails = depth > 0 && rng.Chance(isNoise ? 10 : 3);
        int[] returned = fails || draft.IsFault || !rng.Chance(50) ? [] : [.. Pick(draft.Usable, 3), .. PickHandle(draft, 30)];
        bool isFault = fails || draft.IsFault;
        ulong result = draft.Number + draft.Result;
        return new Code
        {
            Number = draft.Number,
            Locals = [.. draft.Locals],
            InputLocals = inputLocals,
            Steps = [.. draft.Steps],
            Returned = returned,
            Inputs = inputs,
            Dependencies = dependencies,
            Result = new Denotation(result, isFault ? [] : [.. returned.Select(l => draft.Locals[l])], SizeOf(), isFault),
            Parts = depth > 0 && !isNoise && rng.Chance(15) ? [.. Enumerable.Range(0, rng.Between(2, 3)).Select(i => PartOf(draft, result, i, returned, isFault))] : [],
            Fails = fails,
            Options = Options(shape),
            TransientFaults = rng.Chance(10) ? rng.Between(1, 2) : 0,
            Depth = depth,
        };
    }

    /// <summary>The first part refers to what the result refers to, the others to nothing.</summary>
    private Denotation PartOf(Draft draft, ulong result, int at, int[] returned, bool isFault) =>
        new(Denotation.PartNumber(result, at), at > 0 || isFault ? [] : [.. returned.Select(l => draft.Locals[l])], SizeOf(), isFault);

    private void AddStep(Draft draft, int depth)
    {
        if (limits.ActorPercent > 0 && rng.Chance(limits.ActorPercent))
        {
            AddActorStep(draft, depth);
            return;
        }

        if (limits.StreamPercent > 0 && draft.MayBlock && rng.Chance(limits.StreamPercent))
        {
            AddStream(draft, depth);
            return;
        }

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
        int[] uses = [.. arguments, .. Pick(from, 2).Where(l => !arguments.Contains(l)), .. PickHandle(draft, 60)];
        Code child = Write(depth + 1, [.. uses.Select(l => draft.Locals[l])], arguments.Count, isNoise);
        int result = draft.Locals.Count;
        foreach (Denotation made in child.Parts.Length > 0 ? child.Parts : [child.Result])
        {
            (isNoise ? draft.NoiseLocals : draft.Usable).Add(draft.Locals.Count);
            draft.Locals.Add(made);
        }

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
        int[] uses = [.. Pick(draft.Usable, 2), .. PickHandle(draft, 30)];
        ulong number = Denotation.Mix(++_numbers, rng.NextBits());
        draft.Steps.Add(new CodeStep { Kind = StepKind.Put, Uses = uses, Number = number, IsReplicated = rng.Chance(25), FirstResult = draft.Locals.Count });
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
        int first = draft.Locals.Count;
        draft.Locals.AddRange(value.Contained);
        draft.Admit(first);
    }

    /// <summary>Makes an actor, or calls one: with values of the caller's, and without waiting for anything, so that no circle of waits comes about.</summary>
    private void AddActorStep(Draft draft, int depth)
    {
        if (draft.Handles.Count == 0 || rng.Chance(20))
        {
            if (_tasksLeft-- > 0)
            {
                AddActor(draft, depth);
            }

            return;
        }

        int handle = rng.Pick(draft.Handles);
        List<int> arguments = Pick(draft.Usable, 2);
        Code call = WriteMethod(depth + 1, [.. arguments.Select(l => draft.Locals[l])]);
        draft.Steps.Add(new CodeStep { Kind = StepKind.Call, Uses = [.. arguments, handle], Dependencies = arguments.Count, Child = call, FirstResult = draft.Locals.Count });
        draft.Usable.Add(draft.Locals.Count);
        draft.Locals.Add(call.Result);
    }

    /// <summary>Has a task or an actor make a stream, and reads it, to its end or not.</summary>
    private void AddStream(Draft draft, int depth)
    {
        if (_tasksLeft <= 0 || depth >= limits.Depth)
        {
            return;
        }

        _tasksLeft--;
        int[] handle = PickHandle(draft, 40);
        List<int> arguments = Pick(draft.Usable, 2);
        Code child = WriteMethod(depth + 1, [.. arguments.Select(l => draft.Locals[l])], isStream: true, isCall: handle.Length > 0);
        int head = draft.Locals.Count;
        draft.Steps.Add(new CodeStep
        {
            Kind = handle.Length > 0 ? StepKind.Call : StepKind.Submit,
            Uses = [.. arguments, .. handle],
            Dependencies = arguments.Count,
            Child = child,
            FirstResult = head,
        });
        draft.Locals.Add(child.Result);
        int taken = rng.Chance(70) ? child.Items!.Length + 1 : rng.Next(child.Items!.Length + 1);
        for (int i = 0; i < taken; i++)
        {
            // One after the other: each needs the one before it.
            int last = draft.Locals.Count;
            int[] uses = i == 0 ? [head] : [head, last - 1];
            draft.Steps.Add(new CodeStep { Kind = StepKind.Take, Uses = uses, Number = (ulong)i, FirstResult = last });
            if (i < child.Items.Length)
            {
                draft.Usable.Add(last);
                draft.Locals.Add(child.Items[i]);
            }
            else
            {
                draft.IsFault |= child.Result.IsFault;
            }
        }
    }

    private void AddActor(Draft draft, int depth)
    {
        ulong number = Denotation.Mix(++_numbers, rng.NextBits());
        int[] arguments = rng.Chance(40) ? [.. Pick(draft.Usable, 2).Where(l => !draft.Locals[l].IsFault)] : [];
        Denotation[] inputs = [.. arguments.Select(l => draft.Locals[l])];
        Code constructor = new()
        {
            Number = number,
            Locals = [.. inputs.SelectMany(d => d.Contained)],
            InputLocals = [.. inputs.Select((_, i) => inputs.Take(i).Sum(d => d.Contained.Length))],
            Steps = [],
            Returned = [],
            Inputs = inputs,
            Dependencies = inputs.Length,
            Result = new Denotation(number, [], 1, isFault: false) { IsActor = true },
            Options = Options(rng.Chance(70) ? ResourceShape.OneCpu : ResourceShape.Zero),
            Depth = depth + 1,
        };
        ActorOptions options = new() { MaxRestarts = rng.Next(10) switch { < 5 => -1, < 7 => 1, _ => 0 } };
        draft.Steps.Add(new CodeStep { Kind = StepKind.Create, Uses = arguments, Dependencies = arguments.Length, Child = constructor, Actor = options, FirstResult = draft.Locals.Count });
        draft.Handles.Add(draft.Locals.Count);
        draft.Locals.Add(constructor.Result);
    }

    private Code WriteMethod(int depth, Denotation[] inputs, bool isStream = false, bool isCall = true)
    {
        bool isFault = inputs.Any(d => d.IsFault);
        Draft draft = new() { MayBlock = false, Number = Denotation.Mix(++_numbers, rng.NextBits()), IsFault = isFault };
        int[] inputLocals = new int[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputLocals[i] = draft.Locals.Count;
            draft.Result += Denotation.Mix((ulong)i + 1, inputs[i].Number);
            draft.Locals.AddRange(inputs[i].Contained);
        }

        draft.Admit(0);
        for (int puts = rng.Next(3); puts > 0; puts--)
        {
            AddPut(draft);
        }

        int[] returned = isStream || isFault || !rng.Chance(50) ? [] : [.. Pick(draft.Usable, 2)];
        int[][] itemUses = [.. Enumerable.Range(0, isStream && !isFault ? rng.Next(6) : 0).Select(_ => Pick(draft.Usable, 2).ToArray())];
        bool fails = isStream && rng.Chance(10);
        isFault |= fails;
        return new Code
        {
            Number = draft.Number,
            Locals = [.. draft.Locals],
            InputLocals = inputLocals,
            Steps = [.. draft.Steps],
            Returned = returned,
            Inputs = inputs,
            Dependencies = inputs.Length,
            Result = new Denotation(draft.Number + draft.Result, isFault ? [] : [.. returned.Select(l => draft.Locals[l])], isStream ? 1 : SizeOf(), isFault),
            Items = isStream
                ? [.. itemUses.Select((uses, i) => new Denotation(Denotation.ItemNumber(draft.Number + draft.Result, i), [.. uses.Select(l => draft.Locals[l])], SizeOf(), isFault: false))]
                : null,
            ItemUses = itemUses,
            Fails = fails,
            Options = isCall
                ? new TaskOptions { Shape = ResourceShape.Zero, MaxRetries = rng.Next(10) switch { < 5 => -1, < 7 => 2, _ => 0 } }
                : Options(rng.Chance(70) ? ResourceShape.OneCpu : ResourceShape.Zero),
            TransientFaults = rng.Chance(10) ? rng.Between(1, 2) : 0,
            Depth = depth,
        };
    }

    /// <summary>A handle, so often.</summary>
    private int[] PickHandle(Draft draft, int percent) => draft.Handles.Count > 0 && rng.Chance(percent) ? [rng.Pick(draft.Handles)] : [];

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
        MaxRetries = rng.Next(20) switch { < 7 => -1, < 13 => 3, < 18 => 1, _ => 0 },
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

        /// <summary>Locals that are handles of actors.</summary>
        public List<int> Handles { get; } = [];

        public List<CodeStep> Steps { get; } = [];

        public HashSet<int> Gotten { get; } = [];

        /// <summary>Locals from that one on are there to be used.</summary>
        public void Admit(int first)
        {
            for (int local = first; local < Locals.Count; local++)
            {
                (Locals[local].IsActor ? Handles : Usable).Add(local);
            }
        }
    }
}
