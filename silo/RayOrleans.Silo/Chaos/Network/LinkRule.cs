namespace RayOrleans.Silo.Chaos.Network;

/// <summary>How bytes go from one place to another.</summary>
/// <param name="State">Whether they arrive.</param>
/// <param name="Delay">How much later than they would.</param>
internal readonly record struct LinkRule(LinkState State, TimeSpan Delay)
{
    /// <summary>A link that nothing is done to.</summary>
    public static LinkRule Open => default;
}
