using System.Reflection;
using System.Runtime.CompilerServices;
using RayOrleans.Serialization;
using RayOrleans.Serialization.Types;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Runtime;

/// <summary>How an actor's calls run: an actor with asynchronous methods takes turns, so that its code never runs on two threads at once.</summary>
internal sealed class ActorHost
{
    /// <summary>Calls of an asynchronous actor at a time, unless told otherwise.</summary>
    public const int AsyncConcurrency = 1000;

    // Weak, because the types may be of shipped code, which is unloaded when its jobs have ended.
    private static readonly ConditionalWeakTable<Type, object> AsyncTypes = [];

    private byte[]? _typeName;

    public ActorHost(NodeServices node, bool isAsync)
    {
        Turns = isAsync ? new TurnQueue(node, isActor: true) : null;
    }

    /// <summary>The turns of an asynchronous actor; null for one whose calls run on any thread.</summary>
    public TurnQueue? Turns { get; }

    /// <summary>The class it was created as; null for an actor that came from another node.</summary>
    public Type? ActorType { get; init; }

    /// <summary>The class's name on the wire.</summary>
    public byte[] TypeName
    {
        get => _typeName ??= TypeNameWriter.Write(ActorType!);
        init => _typeName = value;
    }

    /// <summary>The engine's options of every call.</summary>
    public required Core.TaskOptions CallOptions { get; init; }

    /// <summary>The indexes of the concurrency groups by name.</summary>
    public Dictionary<string, int>? Groups { get; init; }

    /// <summary>The class in the code of whoever asks; null: that code does not have it, and knows the actor by an interface at most.</summary>
    public Type? TypeIn(ValueSerializer serializer)
    {
        if (ActorType is { } known)
        {
            return known;
        }

        try
        {
            return serializer.Types.ResolveType(TypeName);
        }
        catch (CorruptValueException)
        {
            // Another program made it.
            return null;
        }
    }

    /// <summary>Whether the class has a public method that is asynchronous.</summary>
    public static bool IsAsync(Type type) => (bool)AsyncTypes.GetValue(type, static t => Methods(t)
        .Any(m => m.DeclaringType != typeof(object) && m.Name is not nameof(IAsyncDisposable.DisposeAsync) && IsAwaitable(m.ReturnType)
            && !IsCheckpoint(t, m)));

    // An interface does not list what it inherits.
    private static IEnumerable<MethodInfo> Methods(Type type) => type.IsInterface
        ? type.GetInterfaces().Append(type).SelectMany(i => i.GetMethods())
        : type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.FlattenHierarchy);

    private static bool IsCheckpoint(Type type, MethodInfo method) =>
        typeof(ICheckpointable).IsAssignableFrom(type) && method.Name is nameof(ICheckpointable.SaveAsync) or nameof(ICheckpointable.RestoreAsync);

    private static bool IsAwaitable(Type type) =>
        typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask)
        || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ValueTask<>) || type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)));
}
