namespace RayOrleans.Serialization.Wire;

/// <summary>A point in a value being written to which it can be taken back.</summary>
internal readonly record struct WriteMark(
    int Position, int Identities, int Types, int Buffers, long BufferEnd, int Depth, int WholeDepth, Dictionary<object, HashSet<int>>? Captures);
