namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>An operation on a shard's tables of keys and names.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Namespace">The namespace; for names, empty lists all.</param>
/// <param name="Key">The key, the prefix or the name.</param>
internal sealed record KeyOperation(KeyOperationKind Kind, string Namespace, string Key)
{
    /// <summary>Drawn by the caller for each change, so that one sent again is not made twice.</summary>
    public UInt128 Id { get; init; }

    /// <summary>The value, a part of it, or an actor's description.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>The version that the key must have; 0: be absent; null: whatever it has.</summary>
    public long? Expected { get; init; }

    /// <summary>Where in the value to read or write, in bytes; for a staged value: its length.</summary>
    public int Offset { get; init; }

    /// <summary>The key or name after which listing goes on; null: from the start.</summary>
    public string? After { get; init; }

    /// <summary>With <see cref="After"/>: its namespace, when names of all are listed.</summary>
    public string? AfterNamespace { get; init; }

    /// <summary>The actor.</summary>
    public ActorId Actor { get; init; }

    /// <summary>The actor whose name may be taken over, because the caller knows it is dead.</summary>
    public ActorId Replaces { get; init; }

    /// <summary>Whether the tables change, as far as they keep.</summary>
    public bool IsChange => Kind is KeyOperationKind.Put or KeyOperationKind.Delete or KeyOperationKind.Claim or KeyOperationKind.Release;
}
