using System.Runtime.Loader;

namespace RayOrleans.Serialization;

/// <summary>Settings of a <see cref="ValueSerializer"/>; read once, when it is made.</summary>
public sealed class ValueSerializerOptions
{
    /// <summary>
    /// The load context in which type names are looked up first; null (the default) for the assemblies that the serialiser has met, then the default context.
    /// </summary>
    public AssemblyLoadContext? LoadContext { get; init; }

    /// <summary>
    /// From how many bytes on an array's data stays outside the header, 64-byte aligned and copied once. Default 1,024 bytes.
    /// Lower values align and share more small arrays at up to 63 bytes of padding each; higher values copy more data twice.
    /// </summary>
    public int OutOfBandBytes { get; init; } = 1024;

    /// <summary>
    /// The number of extra stacks of 16 MiB that one value may use for nesting that cannot be unrolled. Default 64. Linked objects, arrays and lists
    /// need none of them at any depth; deeper values than these stacks hold fail with a <see cref="RaySerializationException"/>.
    /// </summary>
    public int MaxExtraStacks { get; init; } = 64;
}
