using System.Buffers;

namespace RayOrleans;

/// <summary>
/// An actor that can save and restore its state. With <c>checkpointEvery: n</c> a failed actor is rebuilt from its last checkpoint,
/// and the calls logged since then are replayed in order (the paper's stateful edges, section 3.2).
/// The runtime calls these between methods, never during one.
/// </summary>
public interface ICheckpointable
{
    /// <summary>Writes the whole state.</summary>
    /// <param name="writer">Where to write it.</param>
    ValueTask SaveAsync(IBufferWriter<byte> writer);

    /// <summary>Replaces the state of a newly constructed actor by a saved one.</summary>
    /// <param name="state">What <see cref="SaveAsync"/> wrote; valid until the call ends.</param>
    ValueTask RestoreAsync(ReadOnlySequence<byte> state);
}
