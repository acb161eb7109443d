using RayOrleans.Core;
using RayOrleans.Serialization;
using RayOrleans.Serialization.Types;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Runtime.Wire;

/// <summary>What a node must know of an actor to construct it, or to call it: its options, its class, its concurrency groups, the options of its calls.</summary>
internal sealed record ActorTerms
{
    /// <summary>The engine's options.</summary>
    public required ActorOptions Options { get; init; }

    /// <summary>The name of its class, for people.</summary>
    public required string ClassName { get; init; }

    /// <summary>Its class as the serialiser names types: resolved only where the code is.</summary>
    public required byte[] TypeName { get; init; }

    /// <summary>The names of its concurrency groups, by index from 1.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The options of every call.</summary>
    public required TaskOptions CallOptions { get; init; }

    /// <summary>The terms of an actor of this node's.</summary>
    public static ActorTerms Of(ActorRecord actor)
    {
        var host = (ActorHost)actor.Host!;
        return new ActorTerms
        {
            Options = actor.Options,
            ClassName = actor.ClassName ?? host.ActorType.Name,
            TypeName = TypeNameWriter.Write(host.ActorType),
            Groups = host.Groups is { } groups ? [.. groups.OrderBy(g => g.Value).Select(g => g.Key)] : [],
            CallOptions = host.CallOptions,
        };
    }

    /// <summary>A record of the actor for this node's engine.</summary>
    /// <param name="node">The node.</param>
    /// <param name="id">The actor.</param>
    /// <param name="serializer">The serialiser of the actor's code.</param>
    /// <exception cref="RaySerializationException">Its class is not in the code.</exception>
    public ActorRecord ToRecord(NodeServices node, ActorId id, ValueSerializer serializer) => new(id, Options)
    {
        ClassName = ClassName,
        Host = new ActorHost(node, Options.TakesTurns)
        {
            ActorType = ResolveType(serializer),
            Groups = Groups.Count == 0 ? null : Groups.Select((g, i) => (g, i)).ToDictionary(p => p.g, p => p.i + 1, StringComparer.Ordinal),
            CallOptions = CallOptions,
        },
    };

    private Type ResolveType(ValueSerializer serializer)
    {
        try
        {
            return serializer.Types.ResolveType(TypeName);
        }
        catch (CorruptValueException e)
        {
            throw new RaySerializationException($"The class of actor {ClassName} cannot be found here: {e.Message}", e);
        }
    }
}
