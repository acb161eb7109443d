namespace RayOrleans.Api.Tests.Fakes;

/// <summary>Packs by keeping the value, and remembers what it was shown.</summary>
internal sealed class FakePacker : CallPacker
{
    public List<ObjectRef> Dependencies { get; } = [];

    public List<Type> PackedTypes { get; } = [];

    protected override void AddDependency(ObjectRef reference) => Dependencies.Add(reference);

    protected override void PackValue<T>(ref Arg<T> arg)
    {
        PackedTypes.Add(typeof(T));
        arg.Packed = new Box<T>(arg.Value!);
        arg.Value = default;
    }

    protected override void CountText(string text)
    {
        // Nothing here is sent.
    }

    /// <summary>The packed form of a value here.</summary>
    internal sealed record Box<T>(T Value);
}
