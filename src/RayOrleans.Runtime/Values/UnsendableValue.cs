namespace RayOrleans.Runtime;

/// <summary>What arrives in the place of a value that its node could not write: whoever reads it gets the reason as an error.</summary>
internal sealed class UnsendableValue(string why) : StoredValue
{
    public string Why { get; } = why;
}
