using System.Text.Json;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Drivers;

/// <summary>
/// Where drivers of this machine find a node: a file per node in a folder that only this user can look into, named after the node's gateway port. A node that
/// ends takes its file away; one that crashed is known by its process, and its file goes with the next look.
/// </summary>
/// <param name="Port">The port of the node's address.</param>
/// <param name="Socket">The socket that takes drivers.</param>
/// <param name="ProcessId">The node's process.</param>
/// <param name="ProcessStart">When that started, in the system's unit.</param>
/// <param name="Since">When the node began, for the order.</param>
internal sealed record NodePlace(int Port, string Socket, int ProcessId, long ProcessStart, long Since)
{
    private const string Suffix = ".node";

    /// <summary>The folder of this user's nodes on this machine.</summary>
    public static string Folder => Path.Combine(Path.GetTempPath(), $"rayorleans-nodes-{Environment.UserName}");

    /// <summary>Says where a node is.</summary>
    /// <returns>The file, to be deleted with the node.</returns>
    /// <exception cref="IOException">The folder belongs to somebody else.</exception>
    public static string Add(int port, string socket)
    {
        string folder = Folder;
        MakeFolder(folder);
        NodePlace place = new(port, socket, Environment.ProcessId, OwnedName.StartTimeOf(Environment.ProcessId) ?? 0, DateTime.UtcNow.Ticks);
        string file = Path.Combine(folder, $"{port}-{place.ProcessId}{Suffix}");
        string draft = file + ".new";
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(place, DriverJson.Default.NodePlace));
        File.Move(draft, file, overwrite: true);
        return file;
    }

    /// <summary>The living nodes of this machine, the newest first.</summary>
    /// <param name="port">Only the one with this port; null: all.</param>
    public static IReadOnlyList<NodePlace> Find(int? port)
    {
        string folder = Folder;
        if (!Directory.Exists(folder) || !FileOwner.IsOurs(folder))
        {
            return [];
        }

        List<NodePlace> found = [];
        foreach (string file in Directory.EnumerateFiles(folder, "*" + Suffix))
        {
            if (TryRead(file) is not { } place)
            {
                continue;
            }

            if (OwnedName.StartTimeOf(place.ProcessId) != place.ProcessStart)
            {
                File.Delete(file);
            }
            else if (port is null || port == place.Port)
            {
                found.Add(place);
            }
        }

        return [.. found.OrderByDescending(p => p.Since)];
    }

    private static NodePlace? TryRead(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), DriverJson.Default.NodePlace);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // It has gone meanwhile, or is not ours.
            return null;
        }
    }

    /// <summary>Makes a folder that only this user can look into.</summary>
    /// <exception cref="IOException">It belongs to somebody else.</exception>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        DirectoryInfo made = Directory.CreateDirectory(folder, Owner);

        // Who else may write there could send drivers to a socket of his own, or read what is not for him.
        if (!FileOwner.IsOurs(folder))
        {
            throw new IOException($"the folder {folder}, which is for this user's nodes, belongs to another user");
        }

        if (made.UnixFileMode != Owner)
        {
            File.SetUnixFileMode(folder, Owner);
        }
    }
}
