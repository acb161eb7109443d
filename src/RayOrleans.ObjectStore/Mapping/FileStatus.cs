using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore;

/// <summary>What statx fills; its layout is the same on all architectures.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    /// <summary>The user whose file it is.</summary>
    [FieldOffset(20)] public uint Owner;
    [FieldOffset(32)] public ulong Inode;
    [FieldOffset(40)] public ulong Size;

    /// <summary>In units of 512 bytes.</summary>
    [FieldOffset(48)] public ulong Blocks;
    [FieldOffset(136)] public uint DeviceMajor;
    [FieldOffset(140)] public uint DeviceMinor;
}
