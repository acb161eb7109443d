namespace RayOrleans.Core.Simulation.Sessions;

/// <summary>What a task does, and so what it must answer. Its own number decides all of it.</summary>
/// <param name="Seed">The number.</param>
/// <param name="Depth">How many generations may follow.</param>
internal sealed record SessionPlan(ulong Seed, int Depth)
{
    private IReadOnlyList<Kid>? _kids;
    private long? _answer;

    /// <summary>How a child gets what a sibling made, and what becomes of it.</summary>
    internal enum KidMode
    {
        Plain,
        Dependency,
        Nested,
        Tuple,
        Dropped,
        Cancelled,
        Call,
        Crash,
        Stream,
    }

    /// <summary>Its own part of the answer.</summary>
    public long Own => (long)(Seed % 1_000);

    public IReadOnlyList<Kid> Kids => _kids ??= MakeKids();

    /// <summary>Whether the result refers to that of its last child.</summary>
    public bool ReturnsNested => Seed % 5 == 1 && Kids.Count > 0 && Kids[^1].Mode is KidMode.Plain or KidMode.Dependency;

    /// <summary>Whether it does not read what its argument refers to, but refers to it in its result.</summary>
    public bool PassesOn => Seed % 3 == 1 && Kids.Count == 0;

    /// <summary>Of a stream: how many items it makes; now and then more than a process is told of ahead of its reader.</summary>
    public int Items => (int)(Seed / 1_000 % 12) + (Seed % 7 == 0 ? 80 : 0);

    /// <summary>Of a stream: how many of them are read before the reader leaves.</summary>
    public int Wanted => Seed % 4 == 0 ? Items / 2 : Items;

    /// <summary>Of a stream: whether it fails after its items.</summary>
    public bool Fails => Seed % 5 == 0;

    /// <summary>Of a stream: what a reader gets with an item and with what that refers to.</summary>
    public long ItemAt(int index) => (10 * Own) + index;

    /// <summary>Of a stream: whether an item refers to another object.</summary>
    public bool RefersAt(int index) => (Seed >> index) % 3 == 0;

    /// <summary>What it answers when it is given nothing.</summary>
    public long Answer => _answer ??= Own + Kids.Sum(AnswerOf);

    /// <summary>What a reader of a child gets.</summary>
    public long AnswerOf(Kid kid) => kid.Mode switch
    {
        KidMode.Plain => kid.Plan.Answer,
        KidMode.Dependency or KidMode.Nested => kid.Plan.Answer + ValueOf(Kids[kid.From]),
        KidMode.Tuple => (2 * kid.Plan.Answer) + 1,
        KidMode.Call or KidMode.Crash => kid.Plan.Own,
        KidMode.Stream => Enumerable.Range(0, kid.Plan.Wanted).Sum(kid.Plan.ItemAt),
        _ => 0,
    };

    /// <summary>What a sibling gets that is given the result of a child: without what that refers to.</summary>
    public static long ValueOf(Kid kid) => kid.Mode == KidMode.Tuple ? (2 * kid.Plan.Own) + 1 : kid.Plan.Own;

    private List<Kid> MakeKids()
    {
        SimRng rng = new(Seed);
        List<Kid> kids = [];
        for (int i = Depth == 0 ? 0 : rng.Next(4); i > 0; i--)
        {
            KidMode mode = (KidMode)rng.Next(9);
            int from = kids.FindIndex(k => k is { Mode: KidMode.Plain or KidMode.Tuple, Plan.Kids.Count: 0 });
            if (from < 0 && mode is KidMode.Dependency or KidMode.Nested)
            {
                mode = KidMode.Plain;
            }

            int depth = mode is KidMode.Call or KidMode.Crash or KidMode.Stream ? 0 : rng.Next(Depth);
            kids.Add(new Kid(new SessionPlan(rng.NextBits(), depth), mode, from));
        }

        return kids;
    }

    /// <summary>A child.</summary>
    /// <param name="Plan">What it does.</param>
    /// <param name="Mode">What it is given, and what becomes of it.</param>
    /// <param name="From">The sibling whose result it is given.</param>
    internal sealed record Kid(SessionPlan Plan, KidMode Mode, int From);
}
