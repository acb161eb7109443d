namespace RayOrleans.Grains;

/// <summary>Whose the end of a silo is: its start's, which tries again, until it is up; its owner's from then on. Thread-safe.</summary>
/// <param name="onDeath">Told once, with the reason, when it ends after it was up.</param>
internal sealed class SiloLife(Action<string>? onDeath)
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<string> _endedEarly = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isUp;

    /// <summary>The silo has been declared dead, or has failed.</summary>
    public void End(string why)
    {
        lock (_gate)
        {
            if (!_isUp)
            {
                _endedEarly.TrySetResult(why);
                return;
            }
        }

        onDeath?.Invoke(why);
    }

    /// <summary>Starts it; with the end of that it is up.</summary>
    /// <param name="start">Ends when it is up; is cancelled when the silo has ended, and waited for a moment only then: a dead silo may hang in its start.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="SiloEndedException">It has ended before.</exception>
    public async Task UnlessItEndsAsync(Func<CancellationToken, Task> start, CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task starting = start(either.Token);
        if (await Task.WhenAny(starting, _endedEarly.Task).ConfigureAwait(false) == starting && !_endedEarly.Task.IsCompleted)
        {
            await starting.ConfigureAwait(false);
        }

        lock (_gate)
        {
            if (!_endedEarly.Task.IsCompleted)
            {
                _isUp = true;
                return;
            }
        }

        await either.CancelAsync().ConfigureAwait(false);

        // Its failure, if it comes to one, only says again that the silo has ended.
        Task over = starting.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await Task.WhenAny(over, Task.Delay(Moment, cancellationToken)).ConfigureAwait(false);
        throw new SiloEndedException(await _endedEarly.Task.ConfigureAwait(false));
    }
}
