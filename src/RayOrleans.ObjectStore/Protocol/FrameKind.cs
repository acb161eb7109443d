namespace RayOrleans.ObjectStore;

/// <summary>What a frame of the node-local protocol is.</summary>
internal enum FrameKind : byte
{
    Hello = 1,
    Welcome = 2,
    Put = 3,
    Create = 4,
    Seal = 5,
    Abort = 6,
    Get = 7,
    Cancel = 8,
    Release = 9,
    Contains = 10,
    Delete = 11,
    Totals = 12,
    Answer = 13,
    Error = 14,
}
