namespace RayOrleans.Runtime.Code;

/// <summary>A package that is loaded or being loaded, and the jobs that need it; under the lock of its <see cref="NodeCode"/>.</summary>
internal sealed class CodeEntry(Task<LoadedCode> loading)
{
    public Task<LoadedCode> Loading => loading;

    public HashSet<JobId> Jobs { get; } = [];
}
