namespace RayOrleans.Processes.Tests.Harness;

/// <summary>The processes of one test; all end with it, whatever happens.</summary>
internal sealed class Silos : IAsyncDisposable
{
    private readonly List<ChildProcess> _all = [];

    public TProcess Add<TProcess>(TProcess process)
        where TProcess : ChildProcess
    {
        _all.Add(process);
        return process;
    }

    public async Task<EchoSilo> EchoAsync(string join = "", params string[] arguments) => Add(await EchoSilo.StartAsync(join, arguments));

    public async Task<RealSilo> RealAsync(params string[] arguments) => Add(await RealSilo.StartAsync(arguments));

    public async Task<RealSilo> RealAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) => Add(await RealSilo.StartAsync(environment, arguments));

    public async ValueTask DisposeAsync()
    {
        foreach (ChildProcess process in _all)
        {
            await process.DisposeAsync();
        }
    }
}
