namespace RayOrleans.ObjectStore;

/// <summary>Chooses the arena's directory.</summary>
internal static class ArenaLocation
{
    private const string SharedMemory = "/dev/shm";

    /// <summary>The directory, and a sentence when it is not the one to hope for.</summary>
    public static (string Directory, string? Notice) Choose(ArenaOptions options)
    {
        if (options.Directory is { } wanted)
        {
            if (!Directory.Exists(wanted))
                throw new DirectoryNotFoundException($"ArenaOptions.Directory '{wanted}' does not exist; create it or leave the option unset.");
            return (wanted, null);
        }

        string fallback = Path.GetTempPath();
        if (!OperatingSystem.IsLinux())
            return (fallback, null);
        string? reason = WhyNotShared(options.CapacityBytes);
        if (reason is null)
            return (SharedMemory, null);
        return (fallback, $"The object store uses '{fallback}' because {reason}; objects there may be written to disk. " +
            "Enlarge /dev/shm (containers: --shm-size, or an emptyDir with medium Memory), lower ArenaOptions.CapacityBytes, or set ArenaOptions.Directory.");
    }

    /// <summary>Bytes that an arena in shared memory can have, or null where there is no shared memory.</summary>
    public static long? FreeSharedMemory()
    {
        try
        {
            return OperatingSystem.IsLinux() && Directory.Exists(SharedMemory) ? new DriveInfo(SharedMemory).AvailableFreeSpace : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? WhyNotShared(long capacity)
    {
        try
        {
            if (!Directory.Exists(SharedMemory))
                return $"'{SharedMemory}' does not exist";
            string probe = Path.Combine(SharedMemory, $"{OwnedName.Prefix}probe-{Guid.NewGuid():N}");
            using (File.Create(probe, 1, FileOptions.DeleteOnClose))
            {
                long free = new DriveInfo(SharedMemory).AvailableFreeSpace;
                return free >= capacity ? null : $"'{SharedMemory}' has {free} bytes free and the capacity is {capacity} bytes";
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"'{SharedMemory}' is not usable ({error.Message})";
        }
    }
}
