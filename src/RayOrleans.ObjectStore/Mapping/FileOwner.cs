using System.Runtime.InteropServices;
using System.Text;

namespace RayOrleans.ObjectStore;

/// <summary>Whose a file or folder is.</summary>
internal static unsafe partial class FileOwner
{
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const uint WantsOwner = 0x8;

    /// <summary>Whether it belongs to the user of this process, and is no link to something else. True where that cannot be told.</summary>
    public static bool IsOurs(string path)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        FileStatus status = default;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            return LibC.Status(CurrentDirectory, name, DoNotFollow, WantsOwner, &status) == 0 && status.Owner == User();
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint User();
}
