namespace RayOrleans.Silo.Chaos.Network;

/// <summary>What happens to the bytes from one place to another.</summary>
internal enum LinkState
{
    /// <summary>They arrive.</summary>
    Open,

    /// <summary>They are kept until the link is open again, as a network does that drops packets: who sends hears nothing.</summary>
    Held,

    /// <summary>Connections are reset, old ones and new ones.</summary>
    Refused,
}
