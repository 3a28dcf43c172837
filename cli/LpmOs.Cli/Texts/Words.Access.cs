namespace LpmOs.Cli.Texts;

/// <summary>Of login, users, tokens and sessions.</summary>
internal sealed partial class Words
{
    public string Login => Of("Log in with name and password; a token for this program is kept in the config file.", "用用户名和密码登录；为本程序生成的令牌保存在配置文件中。");
    public string Logout => Of("Revoke the token of the config file and forget it.", "吊销并删除配置文件中的令牌。");
    public string WhoAmI => Of("Who you are, and what you may do.", "查看当前身份和权限。");
    public string PasswordCommand => Of("Change your password.", "修改密码。");
    public string UserOption => Of("Your name.", "用户名。");
    public string AskUser => Of("User: ", "用户名：");
    public string AskPassword => Of("Password: ", "密码：");
    public string AskOldPassword => Of("Present password: ", "当前密码：");
    public string AskNewPassword => Of("New password (12 characters or more): ", "新密码（至少 12 个字符）：");
    public string AskAgain => Of("The same again: ", "再次输入：");
    public string NotTheSame => Of("The two differ; nothing was changed.", "两次输入不一致；未做任何修改。");
    public string NoInput => Of("There is nothing to read a password from.", "没有可读取密码的输入。");
    public string MustChange => Of("This password came from somebody else: choose your own.", "该密码由他人设置，请改成自己的密码。");
    public string LoggedIn(string user, string path) => Of($"Logged in as {user}; the token is in {path}.", $"已登录为 {user}；令牌保存在 {path}。");
    public string LoggedOut => Of("Logged out; the token is revoked.", "已登出；令牌已吊销。");
    public string NobodyLogsIn => Of("Nobody has to log in to this service: it listens on loopback addresses alone, and whoever reaches it may do everything.", "此服务无需登录：它只监听本机回环地址，能访问它的人可以执行任何操作。");
    public string PasswordChanged => Of("The password is changed; your other sessions are ended.", "密码已修改；其他会话已结束。");
    public string NoConfigPath => Of("There is no place for the config file: set HOME or LPMOS_CONFIG.", "无法确定配置文件位置：请设置 HOME 或 LPMOS_CONFIG。");
    public string Users => Of("Who may log in, and their roles.", "用户及其角色。");
    public string UsersList => Of("Users and their roles.", "列出用户及其角色。");
    public string UsersCreate => Of("Make a user; the password is shown this once.", "创建用户；密码只显示这一次。");
    public string UsersRoles => Of("Replace a user's roles.", "替换用户的角色。");
    public string UsersDisable => Of("Shut a user out, with tokens and sessions.", "停用用户，其令牌和会话同时失效。");
    public string UsersEnable => Of("Let a user in again.", "重新启用用户。");
    public string UsersReset => Of("Give a user a new password, shown this once; unlocks the account.", "重置用户密码（只显示这一次），并解除锁定。");
    public string UsersDelete => Of("Delete a user with their tokens and sessions.", "删除用户及其令牌和会话。");
    public string UserArgument => Of("Name of the user.", "用户名。");
    public string RoleOption => Of("ROLE in all IDCs or ROLE@IDC: viewer, operator, approver, template_editor, administrator, auditor. May be given several times.", "ROLE（所有机房）或 ROLE@机房：viewer、operator、approver、template_editor、administrator、auditor。可重复。");
    public string DisplayNameOption => Of("Name for people.", "显示名称。");
    public string ServiceOption => Of("A program: no password, tokens alone.", "程序账号：无密码，只用令牌。");
    public string GivenPassword(string user, string password) => Of($"{user} logs in with the password {password} and must change it. It is not shown again.", $"{user} 的初始密码：{password}，首次登录须修改。此密码不再显示。");
    public string RoleNotAllowed(string text) => Of($"The role '{text}' is not allowed; allowed: viewer, operator, approver, template_editor, administrator, auditor, each alone or as ROLE@IDC.", $"角色 '{text}' 不合法；应为 viewer、operator、approver、template_editor、administrator、auditor，可写成 ROLE@机房。");
    public string Tokens => Of("Tokens of programs.", "程序令牌。");
    public string TokensList => Of("Your tokens, or with --all everybody's.", "列出自己的令牌；--all 列出所有人的。");
    public string TokensCreate => Of("Make a token for a user, such as a service; it is shown this once.", "为用户（如程序账号）创建令牌；只显示这一次。");
    public string TokensRevoke => Of("Revoke a token.", "吊销令牌。");
    public string TokenDescription => Of("What it is for.", "用途说明。");
    public string DaysOption => Of("Days until it expires (default 90).", "有效天数（默认 90）。");
    public string EverybodysOption => Of("Everybody's.", "所有人的。");
    public string IdArgument => Of("Its id, as the list shows it.", "列表中显示的编号。");
    public string Sessions => Of("Browsers that are logged in.", "已登录的会话。");
    public string SessionsList => Of("Your sessions, or with --all everybody's.", "列出自己的会话；--all 列出所有人的。");
    public string SessionsRevoke => Of("End a session.", "结束会话。");
    public string UserColumn => Of("USER", "用户");
    public string RolesColumn => Of("ROLES", "角色");
    public string DescriptionColumn => Of("FOR", "用途");
    public string ExpiresColumn => Of("EXPIRES", "到期");
    public string NameColumn => Of("NAME", "名称");
    public string StatusColumn => Of("STATE", "状态");
    public string FromColumn => Of("FROM", "来源");
    public string StateOfUser(bool disabled, bool locked, bool mustChange, bool service) =>
        disabled ? Of("disabled", "已停用") : locked ? Of("locked", "已锁定") : service ? Of("service", "程序") : mustChange ? Of("must change password", "须改密码") : Of("active", "正常");
}
