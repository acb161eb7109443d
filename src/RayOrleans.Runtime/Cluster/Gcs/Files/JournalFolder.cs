using System.Globalization;

namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>
/// The folder of all shards. It belongs to the machine that made it: processes see each other's writes at once and the locks of the operating system only
/// on one machine.
/// </summary>
internal static class JournalFolder
{
    private const string MarkName = "machine";
    private const string ShardsName = "shards";

    /// <summary>Makes the folder, or checks that it is this machine's.</summary>
    /// <exception cref="InvalidOperationException">It is another machine's, or on a network drive.</exception>
    public static void Open(FileJournalOptions options)
    {
        DirectoryInfo folder = Directory.CreateDirectory(options.Directory);
        if (IsOnNetwork(folder))
        {
            throw new InvalidOperationException(
                $"{folder.FullName} is on a network drive. Files serve clusters of one machine; for several machines use a database.");
        }

        string machine = options.MachineId ?? ThisMachine();
        string mark = Path.Combine(folder.FullName, MarkName);
        string? owner = ReadMark(mark);
        if (owner is null)
        {
            WriteMark(mark, machine);
            owner = ReadMark(mark);
        }

        if (owner != machine)
        {
            throw new InvalidOperationException(
                $"{folder.FullName} was made on machine '{owner}', and this is '{machine}'. Files serve clusters of one machine: choose another folder, or, "
                + $"if the folder was moved here for good, delete '{MarkName}' in it.");
        }
    }

    /// <summary>Opens the folder and finds over how many shards the state in it is spread.</summary>
    /// <param name="options">The folder.</param>
    /// <param name="proposed">How many there are from now on if it is new.</param>
    /// <exception cref="InvalidOperationException">It is another machine's, or on a network drive.</exception>
    public static int AgreeOnShards(FileJournalOptions options, int proposed)
    {
        Open(options);
        string mark = Path.Combine(options.Directory, ShardsName);
        if (ReadMark(mark) is null)
        {
            WriteMark(mark, proposed.ToString(CultureInfo.InvariantCulture));
        }

        return int.TryParse(ReadMark(mark), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? count
            : throw new InvalidOperationException($"{mark} is damaged: it should say over how many shards the state is spread.");
    }

    private static string? ReadMark(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            return text.Length == 0 ? null : text;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Of several processes that make the folder at once one wins, with the whole text.</summary>
    private static void WriteMark(string path, string machine)
    {
        string draft = $"{path}.{Environment.ProcessId}.new";
        File.WriteAllText(draft, machine);
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    private static bool IsOnNetwork(DirectoryInfo folder)
    {
        DriveInfo? drive = DriveInfo.GetDrives()
            .Where(d => (folder.FullName + Path.DirectorySeparatorChar).StartsWith(
                d.RootDirectory.FullName.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .MaxBy(d => d.RootDirectory.FullName.Length);
        return drive?.DriveType == DriveType.Network;
    }

    /// <summary>What tells this machine from others.</summary>
    public static string ThisMachine()
    {
        const string IdFile = "/etc/machine-id";
        string id = File.Exists(IdFile) ? File.ReadAllText(IdFile).Trim() : "";
        return id.Length > 0 ? id : Environment.MachineName;
    }
}
