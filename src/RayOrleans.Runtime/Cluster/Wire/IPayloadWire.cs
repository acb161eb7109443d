using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>
/// How what is opaque to messages becomes bytes. Thread-safe. Nodes use the runtime's forms; shards, which never look inside, pass the bytes on
/// (<see cref="OpaquePayloadWire"/>), so whatever a node writes must stay readable by every other node.
/// Each <c>Write</c> appends to the writer, whose bytes are framed by the caller; the same payload gives the same bytes. Each <c>Read</c> gets that frame,
/// a part of the batch: an implementation that keeps it copies it. Neither runs user code. Writing never fails: what cannot be sent is found out
/// before it gets into a message. Reading throws only for bytes that no <c>Write</c> could have made; a payload that this node cannot
/// use, because it lacks the code, is kept and fails when it is used.
/// </summary>
internal interface IPayloadWire
{
    /// <summary>Writes the call of a task: its <see cref="TaskSpec.Payload"/>.</summary>
    void WriteCall(WireWriter writer, TaskSpec spec);

    /// <summary>Reads a call.</summary>
    object? ReadCall(ReadOnlyMemory<byte> bytes);

    /// <summary>Writes a value in the runtime's stored form; null too.</summary>
    void WriteValue(WireWriter writer, object? value);

    /// <summary>Reads a value.</summary>
    object? ReadValue(ReadOnlyMemory<byte> bytes);

    /// <summary>Writes what the runtime attached to a failure: its <see cref="Failure.Cause"/>.</summary>
    void WriteCause(WireWriter writer, object cause);

    /// <summary>Reads a failure's cause.</summary>
    object? ReadCause(ReadOnlyMemory<byte> bytes);

    /// <summary>Writes what the runtime adds to a task's options; nothing for plain ones. What the core knows of them is written by the caller.</summary>
    void WriteOptions(WireWriter writer, TaskOptions options);

    /// <summary>Reads options.</summary>
    /// <param name="plain">What the core knows of them.</param>
    /// <param name="bytes">What the runtime added; may be empty.</param>
    TaskOptions ReadOptions(TaskOptions plain, ReadOnlyMemory<byte> bytes);

    /// <summary>Writes the runtime's description of an actor: its <see cref="RemoteActor.Host"/>.</summary>
    void WriteHost(WireWriter writer, object host);

    /// <summary>Reads a description.</summary>
    object? ReadHost(ReadOnlyMemory<byte> bytes);
}
