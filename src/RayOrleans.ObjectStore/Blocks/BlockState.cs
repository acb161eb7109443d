namespace RayOrleans.ObjectStore;

/// <summary>A block's state in one word, so that each transition is one compare-and-swap: the number of pins and three flags.</summary>
internal static class BlockState
{
    public const int PinMask = (1 << 28) - 1;
    public const int Sealed = 1 << 28;
    public const int Deleted = 1 << 29;

    /// <summary>A new block carries one pin for its writer, which sealing or aborting releases.</summary>
    public const int Created = 1;

    public static int Pins(int state) => state & PinMask;

    public static bool IsSealed(int state) => (state & Sealed) != 0;

    public static bool IsDeleted(int state) => (state & Deleted) != 0;

    /// <summary>Deleted and without pins: the memory belongs to somebody else.</summary>
    public static bool IsGone(int state) => IsDeleted(state) && Pins(state) == 0;
}
