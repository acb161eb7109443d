namespace RayOrleans.Silo.Chaos;

/// <summary>What can be done to a node.</summary>
internal enum FaultKind
{
    /// <summary>Its process is killed (SIGKILL); another node joins in its place.</summary>
    Kill,

    /// <summary>Two are killed at once.</summary>
    KillTwo,

    /// <summary>It leaves in good order (SIGTERM); another node joins in its place.</summary>
    Leave,

    /// <summary>Its process is stopped for a while, and then goes on; one that was declared dead meanwhile ends itself and is replaced.</summary>
    Freeze,

    /// <summary>Its process gets a small part of the time it would have.</summary>
    Slow,

    /// <summary>Its connections are reset and refused, as by a machine that nobody listens on; healed after a while. One that was declared dead meanwhile ends itself.</summary>
    CutOff,

    /// <summary>What it sends and what it is sent is held back, and arrives when the network is healed.</summary>
    Silence,

    /// <summary>It and another worker do not hear each other, and everybody else hears both.</summary>
    Part,

    /// <summary>What it sends, or what it is sent, arrives late.</summary>
    Delay,
}
