using System.Threading.Channels;

namespace RayOrleans.Runtime.Output;

/// <summary>Writes lines to this process' console, behind whoever has them: a console that stands still holds nobody up. Bounded. Thread-safe.</summary>
internal sealed class ConsoleOutput
{
    private const int MaxWaiting = 10_000;
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private readonly Channel<OutputText> _lines = Channel.CreateBounded<OutputText>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Lock _lock = new();
    private Task? _pump;

    /// <summary>Takes lines.</summary>
    /// <returns>How many it took; the others have no room.</returns>
    public int Write(IReadOnlyList<OutputText> lines)
    {
        lock (_lock)
        {
            _pump ??= Task.Run(PumpAsync);
            int taken = 0;
            while (taken < lines.Count && _lines.Writer.TryWrite(lines[taken]))
            {
                taken++;
            }

            return taken;
        }
    }

    /// <summary>Takes no more, and waits a moment until what it has is written.</summary>
    public async Task EndAsync()
    {
        Task? pump;
        lock (_lock)
        {
            _lines.Writer.TryComplete();
            pump = _pump;
        }

        if (pump is not null)
        {
            await pump.WaitAsync(EndTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PumpAsync()
    {
        await foreach (OutputText line in _lines.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                // One call for a line, so that the program's own lines stay whole.
                (line.IsError ? Console.Error : Console.Out).WriteLine(line.Text);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The program has closed its console: nobody reads what follows.
                _lines.Writer.TryComplete();
                return;
            }
        }
    }
}
