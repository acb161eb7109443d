namespace RayOrleans.Processes.Tests.Harness;

/// <summary>Processes that somebody else has started, so that there is nothing to wait on.</summary>
internal static class OtherProcesses
{
    /// <summary>Waits until there is no such process.</summary>
    public static async Task GoneAsync(int id, string which)
    {
        DateTime limit = DateTime.UtcNow + ChildProcess.Patience;
        while (Directory.Exists($"/proc/{id}"))
        {
            Assert.True(DateTime.UtcNow < limit, $"The process {id} {which} is still there.");

            // Nobody tells when it ends.
            await Task.Delay(20);
        }
    }

    /// <summary>Waits until there is no such folder.</summary>
    public static async Task FolderGoneAsync(string folder, string which)
    {
        DateTime limit = DateTime.UtcNow + ChildProcess.Patience;
        while (Directory.Exists(folder))
        {
            Assert.True(DateTime.UtcNow < limit, $"The folder {folder} {which} is still there.");

            // Another process deletes it, and tells nobody.
            await Task.Delay(20);
        }
    }
}
