namespace RayOrleans.Api.Tests.Fakes;

/// <summary>Executes one call with the values behind its arguments.</summary>
internal sealed class FakeFrame(object? actor = null, CancellationToken token = default) : CallFrame
{
    public object? Result { get; private set; }

    public int Returns { get; private set; }

    public List<object?> Items { get; } = [];

    /// <summary>How many items the consumer wants.</summary>
    public int Wanted { get; init; } = int.MaxValue;

    public override CancellationToken CancellationToken => token;

    public override void Return<T>(T value)
    {
        Result = value;
        Returns++;
    }

    public override bool Yield<T>(T item)
    {
        Items.Add(item);
        return Items.Count < Wanted;
    }

    public override ValueTask<bool> YieldAsync<T>(T item) => new(Yield(item));

    protected override T ReadArgument<T>(in Arg<T> arg)
    {
        if (arg.IsActor)
        {
            return (T)actor!;
        }

        return arg.Ref is { } reference ? reference.Hold.Read(reference) : ((FakePacker.Box<T>)arg.Packed!).Value;
    }

    protected override Delegate UnpackFunction(object packed) => (Delegate)packed;
}
