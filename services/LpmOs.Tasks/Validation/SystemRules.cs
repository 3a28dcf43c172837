using System.Text.RegularExpressions;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Validation;

/// <summary>What time zone, language, keyboard and kernel arguments of the installed system may be.</summary>
internal static partial class SystemRules
{
    private const string TimezoneAllowed = "an IANA name such as Asia/Shanghai or UTC";
    private const string LocaleAllowed = "such as zh_CN.UTF-8, en_US.UTF-8 or C.UTF-8";
    private const string KeyboardAllowed = "a layout of X11 in small letters, such as us, de or cn";
    private const string ArgumentAllowed = "1 to 256 letters, digits or any of = . , : / _ - + @ % [ ] without blanks, not root=, ro, rw or initrd=";

    public static void Check(TaskDraft draft, FieldErrors errors)
    {
        if (draft.Timezone is { } timezone)
            errors.Check("timezone", TimezonePattern().IsMatch(timezone) && (MaintenanceWindow.Zone("Asia/Shanghai") is null || MaintenanceWindow.Zone(timezone) is not null), timezone, TimezoneAllowed);
        if (draft.Locale is { } locale)
            errors.Check("locale", LocalePattern().IsMatch(locale), locale, LocaleAllowed);
        if (draft.Keyboard is { } keyboard)
            errors.Check("keyboard", KeyboardPattern().IsMatch(keyboard), keyboard, KeyboardAllowed);
        for (var i = 0; i < draft.KernelArguments?.Count; i++)
        {
            var argument = draft.KernelArguments[i];
            // The installation itself says where the root file system is.
            errors.Check($"kernel_arguments[{i}]", ArgumentPattern().IsMatch(argument) && argument is not ("ro" or "rw") && !argument.StartsWith("root=", StringComparison.Ordinal) && !argument.StartsWith("initrd=", StringComparison.Ordinal), argument, ArgumentAllowed);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9+_-]{0,31}(/[A-Za-z0-9+_-]{1,32}){0,2}\z")]
    private static partial Regex TimezonePattern();

    [GeneratedRegex(@"\A(C|POSIX|[a-z]{2,3}(_[A-Z]{2})?)(\.[A-Za-z0-9-]{1,16})?(@[a-z]{1,16})?\z")]
    private static partial Regex LocalePattern();

    [GeneratedRegex(@"\A[a-z]{2,12}(-[a-z0-9]{1,12})?\z")]
    private static partial Regex KeyboardPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9=.,:/_+@%\[\]-]{1,256}\z")]
    private static partial Regex ArgumentPattern();
}
