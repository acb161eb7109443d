using Orleans;

namespace RayOrleans.Serialization.Tests.Generated;

[GenerateSerializer]
public sealed class Marked
{
    [Id(0)]
    public string Name { get; set; } = "";

    [Id(1)]
    public List<int> Numbers { get; set; } = [];

    [Id(2)]
    public Marked? Next { get; set; }

    [Id(3)]
    public ObjectRef<int>? Reference { get; set; }

    [Id(4)]
    public PlainInside? Plain { get; set; }

    /// <summary>Not marked with an id: Orleans' generated codec leaves it out, which shows that it was used.</summary>
    public int Unmarked { get; set; }
}

public sealed class PlainInside(string text)
{
    public string Text { get; } = text;
}

public sealed class Outside
{
    public Marked? Inner;
    public List<Marked> Many = [];
}
