using System.Data.Common;
using System.Diagnostics;
using System.Net.Http;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace RayOrleans.Serialization.Objects;

/// <summary>What cannot travel, and what to do instead.</summary>
internal static class Rejections
{
    private const string Handle = "an operating-system handle belongs to its process; open it where it is used, or mark the field [NonSerialized].";
    private const string Running = "a running computation cannot travel; await it first, or pass the ObjectRef of a remote call.";
    private const string Local = "it belongs to this process; make one where it is used, or mark the field [NonSerialized].";

    private static readonly (Type Base, string Hint)[] Rules =
    [
        (typeof(SafeHandle), Handle),
        (typeof(CriticalHandle), Handle),
        (typeof(CriticalFinalizerObject), Handle),
        (typeof(WaitHandle), Handle),
        (typeof(Pointer), Codecs.RejectedPlaceCodec.Hint),
        (typeof(Socket), "a connection belongs to its process; send the address and connect where it is used."),
        (typeof(HttpMessageInvoker), "an HTTP client belongs to its process; make one where it is used (in an actor's constructor, say)."),
        (typeof(HttpMessageHandler), "an HTTP handler belongs to its process; make one where it is used."),
        (typeof(DbConnection), "a database connection belongs to its process; send the connection string and open it where it is used."),
        (typeof(Stream), "a stream belongs to its process; send its content (byte[] or MemoryStream) or the path."),
        (typeof(Thread), Local),
        (typeof(Process), Local),
        (typeof(Timer), "a timer belongs to its process; start one where it is used."),
        (typeof(System.Timers.Timer), "a timer belongs to its process; start one where it is used."),
        (typeof(PeriodicTimer), "a timer belongs to its process; start one where it is used."),
        (typeof(Task), Running),
        (typeof(CancellationTokenSource), "cancellation does not cross processes by itself; take a CancellationToken as the function's last parameter and use Ray.Cancel."),
        (typeof(IRay), "a runtime cannot travel; inside a task use the static Ray, which is the runtime of the node the task runs on."),
        (typeof(AssemblyLoadContext), Local),
        (typeof(SynchronizationContext), Local),
        (typeof(ExecutionContext), Local),
        (typeof(TaskScheduler), Local),
        (typeof(ParameterInfo), Local),
        (typeof(WeakReference), "a weak reference keeps nothing alive on the way; send the target."),
        (typeof(IServiceProvider), "services belong to their process; resolve them where they are used."),
    ];

    private static readonly (Type Definition, string Hint)[] GenericRules =
    [
        (typeof(ObjectRefStream<>), "a stream of results has one reader; pass the references it gives, or read it here."),
        (typeof(SharedBuffer<>), "an unsealed buffer belongs to its writer; pass the ObjectRef that Seal returns."),
        (typeof(Pinned<>), "a pin belongs to its process; pass the ObjectRef."),
        (typeof(ThreadLocal<>), Local),
        (typeof(AsyncLocal<>), Local),
        (typeof(WeakReference<>), "a weak reference keeps nothing alive on the way; send the target."),
        (typeof(System.Runtime.CompilerServices.ConditionalWeakTable<,>), Local),
        (typeof(System.Collections.Concurrent.BlockingCollection<>), "a blocking queue belongs to its process; use RayQueue, or send its items."),
        (typeof(System.Threading.Channels.Channel<,>), "a channel belongs to its process; use RayQueue, or an actor."),
        (typeof(TaskCompletionSource<>), Running),
    ];

    /// <summary>Why objects of this class cannot travel; null where nothing speaks against it.</summary>
    public static string? HintFor(Type type)
    {
        foreach ((Type rule, string hint) in Rules)
        {
            if (rule.IsAssignableFrom(type))
            {
                return hint;
            }
        }

        for (Type? t = type; t is not null; t = t.BaseType)
        {
            if (t.IsGenericType)
            {
                foreach ((Type definition, string hint) in GenericRules)
                {
                    if (t.GetGenericTypeDefinition() == definition)
                    {
                        return hint;
                    }
                }
            }
        }

        return type == typeof(TaskCompletionSource) ? Running
            : type.IsCOMObject ? Handle
            : type.FullName == "System.Runtime.CompilerServices.Closure" ? "a compiled expression exists in this process only; use a lambda or a method."
            : null;
    }

    /// <summary>Why values of this struct cannot travel; null where nothing speaks against it.</summary>
    public static string? HintForValue(Type type)
    {
        if (type == typeof(nint) || type == typeof(nuint) || type == typeof(GCHandle) || type == typeof(HandleRef)
            || type == typeof(RuntimeTypeHandle) || type == typeof(RuntimeMethodHandle) || type == typeof(RuntimeFieldHandle))
        {
            return Codecs.RejectedPlaceCodec.Hint;
        }

        return type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>)) ? Running : null;
    }
}
