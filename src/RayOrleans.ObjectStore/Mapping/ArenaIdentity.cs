using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore;

/// <summary>Which file an open file is, whatever its name is now.</summary>
internal readonly record struct ArenaIdentity(ulong Device, ulong Inode)
{
    /// <summary>The identity of an open file.</summary>
    /// <exception cref="IOException">The system does not say.</exception>
    public static unsafe ArenaIdentity Of(int descriptor)
    {
        if (!OperatingSystem.IsLinux())
            return default;
        FileStatus status = default;
        byte empty = 0;
        if (LibC.Status(descriptor, &empty, LibC.AtEmptyPath, LibC.StatusBasic, &status) != 0)
            throw new IOException($"The system does not say which file the arena is: {Marshal.GetLastPInvokeErrorMessage()}.");
        return new ArenaIdentity(((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Inode);
    }
}
