using System.Net;
using Microsoft.Extensions.Logging;

namespace RayOrleans.Grains;

/// <summary>Says what TLS has kept apart, but seldom: anybody can connect as often as he likes. Thread-safe.</summary>
internal sealed partial class TlsLog(TimeProvider time, ILogger<TlsLog> logger)
{
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long? _last;
    private int _unsaid;

    /// <summary>A connection was closed.</summary>
    /// <param name="from">Who has connected.</param>
    /// <param name="why">Why, to follow that.</param>
    public void Refused(EndPoint? from, string why)
    {
        if (IsTime(out int unsaid))
        {
            LogRefused(from, why, unsaid);
        }
    }

    /// <summary>A connection did not come about.</summary>
    /// <param name="to">Who was to be connected to.</param>
    /// <param name="why">Why, to follow that.</param>
    public void Failed(EndPoint? to, string why)
    {
        if (IsTime(out int unsaid))
        {
            LogFailed(to, why, unsaid);
        }
    }

    private bool IsTime(out int unsaid)
    {
        lock (_gate)
        {
            if (_last is { } last && time.GetElapsedTime(last) < Pause)
            {
                _unsaid++;
                unsaid = 0;
                return false;
            }

            _last = time.GetTimestamp();
            (unsaid, _unsaid) = (_unsaid, 0);
            return true;
        }
    }

    [LoggerMessage(1161, LogLevel.Warning, "A connection of {From} was closed: it {Why}. ({Unsaid} more since this was last said.)")]
    private partial void LogRefused(EndPoint? from, string why, int unsaid);

    [LoggerMessage(1162, LogLevel.Warning, "The silo at {To} cannot be connected to: it {Why}. ({Unsaid} more since this was last said.)")]
    private partial void LogFailed(EndPoint? to, string why, int unsaid);
}
